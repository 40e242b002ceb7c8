// The site of the docs: `npm run docs:site`. The pages are the Markdown files of the repository, which
// stay readable on their own; this file says only where they stand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defineConfig } from 'vitepress';

import { repositoryLinks } from './repository-links.mjs';
import { sectionsOf } from './sections.mjs';
import { tableCorners } from './table-corners.mjs';

const root = join(import.meta.dirname, '..', '..');
const { description, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

export default defineConfig({
  title: 'nestjs-drain',
  description,
  lang: 'en',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: ['.*/**', 'bench/**', 'src/**', 'test/**', 'node_modules/**', 'site/*.md'],
  rewrites: (page) => page.replace(/^site\/api\//, 'api/').replace(/README\.md$/, 'index.md'),
  base: process.env.SITE_BASE ?? '/',
  cleanUrls: true,
  markdown: {
    languageAlias: { promql: 'sql' },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (markdown) => markdown.use(repositoryLinks, root).use(tableCorners),
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Docs', link: '/docs/' },
      { text: 'API', link: '/api/' },
      { text: version, link: '/CHANGELOG' },
    ],
    sidebar: [
      { text: 'Start', link: '/' },
      ...sectionsOf(readFileSync(join(root, 'docs', 'README.md'), 'utf8')),
      { text: 'API reference', link: '/api/' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
  },
});
