/** In the order of the report; each has a file of that name. */
export const files = [
  'nestjs-drain',
  'nest-hooks',
  'nest-force-close',
  'nest-return-503',
  'nestjs-terminus',
  'nestjs-graceful-shutdown',
  'tygra-nestjs-graceful-shutdown',
  'http-terminator',
  'lil-http-terminator',
  'stoppable',
  'godaddy-terminus',
  'http-graceful-shutdown',
  'moebius-http-graceful-shutdown',
  'http-shutdown',
  'gquittet-graceful-server',
  'fastify-graceful-shutdown',
  'close-with-grace',
  'lightship',
];

/** Those that load here and serve this adapter; of each other one it is printed why not. */
export async function loadSolutions(only = files, adapter) {
  const solutions = [];
  for (const file of files) {
    if (!only.includes(file)) continue;
    try {
      const { name, version, grace, adapters } = await import(`./${file}.mjs`);
      if (adapters !== undefined && !adapters.includes(adapter)) {
        console.log(`${file} is left out: it is for ${adapters.join(', ')} only`);
        continue;
      }
      solutions.push({ file, name, version, grace });
    } catch (error) {
      console.log(`${file} is left out, on Node ${process.version}: ${error.message}`);
    }
  }
  return solutions;
}
