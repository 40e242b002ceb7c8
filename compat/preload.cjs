// Loaded into each process of the command, by NODE_OPTIONS; under Jest, whose modules are its own, as one
// of its setupFiles. Puts the module into the imports of each root module, or, for the run to compare
// with, only loads what that loads.
const { appendFileSync } = require('node:fs');
const modules = require('node:module');
const path = require('node:path');

const { COMPAT_FOLDER, COMPAT_ENTRY, COMPAT_FILE, COMPAT_WITH } = process.env;
const theirs = modules.createRequire(path.join(COMPAT_FOLDER, 'package.json'));

const core = load('@nestjs/core');
const testing = load('@nestjs/testing');
if (core !== undefined && COMPAT_WITH === '1') {
  const { GracefulShutdownModule } = require(COMPAT_ENTRY);
  for (const name of ['create', 'createMicroservice', 'createApplicationContext']) {
    wrap(core.NestFactory, name, (root) => addToRoot(root, GracefulShutdownModule));
  }
  if (testing !== undefined) {
    wrap(testing.Test, 'createTestingModule', (metadata) =>
      added(metadata, GracefulShutdownModule),
    );
  }
}

/** @returns nothing where the application does not have it, or this process is none of the application's */
function load(name) {
  try {
    return theirs(name);
  } catch {
    return undefined;
  }
}

function wrap(target, name, change) {
  const original = target[name];
  target[name] = function (first, ...others) {
    const changed = change(first);
    appendFileSync(COMPAT_FILE, '.');
    return original.call(this, changed, ...others);
  };
}

/** A class keeps its identity: the application may ask for it. */
function addToRoot(root, drain) {
  if (typeof root !== 'function')
    return typeof root?.module === 'function' ? added(root, drain) : root;
  const { imports } = added({ imports: Reflect.getMetadata('imports', root) }, drain);
  Reflect.defineMetadata('imports', imports, root);
  return root;
}

function added(metadata, drain) {
  const { imports = [] } = metadata;
  return imports.includes(drain) ? metadata : { ...metadata, imports: [...imports, drain] };
}
