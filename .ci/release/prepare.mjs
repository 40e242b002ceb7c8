// `node .ci/release/prepare.mjs https://github.com/OWNER/NAME v1.2.3`: what is published says where it
// comes from. npm shows the README outside of the repository: its links and pictures become those of
// the tag, so that they show what the installed version does.
import { readFileSync, writeFileSync } from 'node:fs';

import { changeLinks, readManifest, writeManifest } from './manifest.mjs';

const [, , repository, tag] = process.argv;
if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(repository ?? '') || !/^v\d/.test(tag ?? '')) {
  throw new Error('Usage: prepare.mjs https://github.com/OWNER/NAME v1.2.3');
}

writeManifest({
  ...readManifest(),
  homepage: `${repository}#readme`,
  bugs: { url: `${repository}/issues` },
  repository: { type: 'git', url: `git+${repository}.git` },
});
for (const file of ['README.md', 'CHANGELOG.md']) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, changeLinks(text, absolute));
}

function absolute(target, isPicture) {
  if (/^(https?:|mailto:|#)/.test(target)) return target;
  return `${repository}/${isPicture ? 'raw' : 'blob'}/${tag}/${target}`;
}
