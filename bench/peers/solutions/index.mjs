/** In the order of the report; each has a file of that name. */
const files = [
  'nestjs-drain',
  'nest-hooks',
  'nest-force-close',
  'nest-return-503',
  'nestjs-terminus',
  'nestjs-graceful-shutdown',
  'http-terminator',
  'stoppable',
  'godaddy-terminus',
  'http-graceful-shutdown',
  'close-with-grace',
  'lightship',
];

/** Those that load here; why not is told of each other one. */
export async function loadSolutions(only) {
  if (only !== undefined && !files.includes(only)) {
    throw new Error(`There is no solution ${only}: ${files.join(', ')}`);
  }
  const solutions = [];
  for (const file of files) {
    if (only !== undefined && file !== only) continue;
    try {
      const { name, version, grace } = await import(`./${file}.mjs`);
      solutions.push({ file, name, version, grace });
    } catch (error) {
      console.log(`${file} is left out, on Node ${process.version}: ${error.message}`);
    }
  }
  return solutions;
}
