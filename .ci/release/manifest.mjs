// What a release knows and the repository does not: where the repository is, and at which tag.
import { readFileSync, writeFileSync } from 'node:fs';

/** Stands in package.json until a release puts the repository's name in its place. */
export const PLACEHOLDER = 'https://github.com/REPOSITORY';

export function readManifest() {
  return JSON.parse(readFileSync('package.json', 'utf8'));
}

export function writeManifest(manifest) {
  writeFileSync('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The targets of links and pictures, outside of code, that are no addresses. */
export function relativeLinksOf(text) {
  return linksOf(text).filter((target) => !/^(https?:|mailto:|#)/.test(target));
}

/** @returns the text, with `change` applied to the target of each link and picture outside of code */
export function changeLinks(text, change) {
  return text
    .split(/(^```.*?^```$|`[^`\n]*`)/ms)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part.replaceAll(/(!?)(\[[^\]]*\]\()([^)\s]+)\)/g, (_, picture, head, target) => {
            return `${picture}${head}${change(target, picture === '!')})`;
          }),
    )
    .join('');
}

function linksOf(text) {
  const targets = [];
  changeLinks(text, (target) => {
    targets.push(target);
    return target;
  });
  return targets;
}
