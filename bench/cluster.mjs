// The application of the benchmark in two workers of `node:cluster`, as its documentation has it.
import cluster from 'node:cluster';
import { join } from 'node:path';

const [, , adapter, workers] = process.argv;
cluster.setupPrimary({ exec: join(import.meta.dirname, 'app.mjs'), args: [adapter, 'with'] });
for (let i = 0; i < Number(workers); i++) cluster.fork();
let listening = 0;
cluster.on('listening', () => {
  listening++;
  if (listening === Number(workers)) process.send('ready');
});
