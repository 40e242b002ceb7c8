// Makes the published files of what `nest build` has compiled into `.out`. They are few, as each file
// costs an application time at its start. The entries share chunks, so that each class exists once.
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { dts } from 'rollup-plugin-dts';

const compiled = join(import.meta.dirname, '.out');
const entries = ['index', 'opentelemetry/index', 'restart/index', 'testing/index'];
const programs = ['cli/command', 'restart/worker/preload', 'schematics/nest-add'];

const ofOneEntry = /^(index|(cli|opentelemetry|restart|schematics|testing)\/.*)\.js$/;
/** Stays where it is in `src`: it finds the preload of its workers beside it. */
const PRIMARY = 'graceful-restart';

/** What the command and workers need as well is a chunk of its own, and knows no Nest. */
function chunkOf(id, { getModuleInfo }) {
  if (ofOneEntry.test(relative(compiled, id))) return undefined;
  return reachedFrom(programs, getModuleInfo).has(id) ? 'process' : 'application';
}

function reachedFrom(names, getModuleInfo) {
  const reached = new Set(Object.values(inputOf(names, '.js')));
  for (const id of reached) {
    const { importedIds, dynamicallyImportedIds } = getModuleInfo(id);
    for (const imported of [...importedIds, ...dynamicallyImportedIds]) reached.add(imported);
  }
  return reached;
}

function inputOf(names, extension) {
  return Object.fromEntries(names.map((name) => [name, join(compiled, name + extension)]));
}

/** The compiler's maps, so that those of the chunks lead to `src`. */
const mapsOfCompiler = {
  name: 'maps-of-compiler',
  load(id) {
    return { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') };
  },
};

/** What the Nest CLI reads of `nest add`. */
const schematics = {
  name: 'schematics',
  generateBundle() {
    for (const name of ['collection.json', 'nest-add.schema.json']) {
      const source = readFileSync(join(import.meta.dirname, 'src', 'schematics', name));
      this.emitFile({ type: 'asset', fileName: `schematics/${name}`, source });
    }
  },
};

const folder = join(import.meta.dirname, 'dist');
rmSync(folder, { recursive: true, force: true });
const shared = { dir: folder, hoistTransitiveImports: false, minifyInternalExports: false };

export default [
  {
    input: inputOf([...entries, ...programs], '.js'),
    external: /^[^./]/,
    // The compiler's helpers ask for it.
    context: 'this',
    plugins: [mapsOfCompiler, schematics],
    output: {
      ...shared,
      sourcemap: true,
      chunkFileNames: ({ name }) => `${name === PRIMARY ? 'restart/primary' : 'chunks'}/[name].js`,
      manualChunks: chunkOf,
    },
  },
  {
    input: inputOf(entries, '.d.ts'),
    external: /^[^./]/,
    plugins: [dts()],
    output: {
      ...shared,
      entryFileNames: '[name].d.ts',
      // The plugin names a chunk after its first module, `x.d`.
      chunkFileNames: ({ name }) => `chunks/${name.replace(/\.d$/, '')}.d.ts`,
    },
  },
];
