import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Links of the pages are those of the repository. `README.md` is the index of its folder; what is no
 * page (source, tests) is linked where the repository is.
 */
export function repositoryLinks(markdown, root) {
  const repository = repositoryOf(root);
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const link of tokens.flatMap(({ children }) => children ?? [])) {
      if (link.type !== 'link_open') continue;
      const target = targetOf(link.attrGet('href'), env.realPath ?? env.path, root, repository);
      if (target !== undefined) link.attrSet('href', target);
    }
  });
}

function targetOf(href, page, root, repository) {
  const [, path, anchor = ''] = /^([^#]*)(#.*)?$/.exec(href);
  if (path === '' || /^[a-z]+:/.test(path)) return undefined;
  const file = join(dirname(page), decodeURI(path));
  if (!existsSync(file)) return undefined;
  if (path.endsWith('.md') && isPage(relative(root, file))) {
    return path.replace(/README\.md$/, 'index.md') + anchor;
  }
  const kind = statSync(file).isDirectory() ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${relative(root, file)}${anchor}`;
}

function isPage(file) {
  return !/^(bench|src|test)\//.test(file);
}

function repositoryOf(root) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  if (server !== undefined && name !== undefined) return `${server}/${name}`;
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
}
