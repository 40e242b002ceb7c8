// Puts the stage together: what workers, clients and the service tell becomes the model, and goes
// to every open page.
import { Clients } from '../clients/clients.mjs';
import { apply, newModel } from '../page/model.mjs';
import { EventStream } from './event-stream.mjs';
import { logLine } from './log-line.mjs';
import { PageServer } from './page-server.mjs';
import { svgPicture } from '../../../.out/cli/picture/svg-picture.js';
import { Service } from './service.mjs';
import { WorkerLink } from './worker-link.mjs';

export class Manager {
  #model = newModel();
  #pages = new EventStream();
  #link = new WorkerLink((event) => this.#tell(event));
  #service = new Service((event) => this.#told(event), this.#link.path);
  #clients = new Clients({
    tell: (event) => this.#told(event),
    service: () => serviceOf(this.#model),
  });
  #server = new PageServer(this);
  actions = new Map([
    ...this.#clients.actions,
    ['terminate', () => this.#service.terminate()],
    ['reload', () => this.#service.reload()],
    ['start', () => this.#service.start()],
  ]);

  /** @returns the address of the page */
  async start(port) {
    const url = await this.#server.listen(port);
    await this.#link.listen();
    this.#service.start();
    return url;
  }

  /** Leaves nothing behind. */
  async stop() {
    this.#clients.stop();
    await this.#service.end();
    this.#pages.close();
    this.#server.close();
    this.#link.close();
  }

  /** Without another word. */
  kill() {
    this.#service.kill();
    this.#link.close();
  }

  watch(response) {
    this.#pages.add(response, { type: 'snapshot', at: Date.now(), model: this.#model });
  }

  picture(pid) {
    const { report } = this.#model.workers.find((worker) => worker.pid === pid) ?? {};
    return report && svgPicture(report);
  }

  #told(event) {
    const entry = event.type === 'line' ? logLine(event.line) : undefined;
    if (event.type !== 'line') this.#tell({ ...event, at: Date.now() });
    else if (entry !== undefined) this.#tell({ type: 'log', entry, at: Date.now() });
  }

  #tell(told) {
    apply(this.#model, told);
    this.#pages.send(told);
  }
}

/** What a client, or its balancer, may know: where the service is, and whether it is ready. */
function serviceOf({ service, workers }) {
  return { url: service.url, isReady: workers.some(({ state }) => state === 'running') };
}
