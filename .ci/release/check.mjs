// `prepublishOnly`: nothing is published that does not say where it comes from, or whose links lead
// nowhere from npm's page.
import { existsSync, readFileSync } from 'node:fs';

import { PLACEHOLDER, readManifest, relativeLinksOf } from './manifest.mjs';

const { homepage, bugs, repository } = readManifest();
const problems = [];

for (const [name, value] of Object.entries({
  homepage,
  bugs: bugs?.url,
  repository: repository?.url,
})) {
  if (value === undefined) problems.push(`package.json has no ${name}`);
  else if (value.includes(PLACEHOLDER)) problems.push(`${name} is still ${value}`);
}
for (const file of ['README.md', 'CHANGELOG.md'].filter((name) => existsSync(name))) {
  const [first, ...others] = relativeLinksOf(readFileSync(file, 'utf8'));
  if (first === undefined) continue;
  problems.push(`${file} has ${others.length + 1} relative links, the first is ${first}`);
}

if (problems.length > 0) {
  console.error(`${problems.join('\n')}\nRun .ci/release/prepare.mjs first, as the release does.`);
  process.exitCode = 1;
}
