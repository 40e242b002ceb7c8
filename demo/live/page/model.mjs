// What is known of the application. The stage manager and the page build it from the same events, so
// a page that comes late gets the model of the manager and goes on from there. Bounded throughout:
// the demo may be left running.

/** What has ended longer ago than any window shows is forgotten. */
const REMEMBERED_MS = 60_000;
const MOST_WORKERS = 6;
const MOST_CONNECTIONS = 150;
const MOST_REQUESTS = 300;
const MOST_LINES = 200;

export function newModel() {
  return {
    service: { status: 'ended', exit: undefined, url: undefined },
    clients: undefined,
    workers: [],
    /** How many workers there have been. */
    started: 0,
    log: [],
    lastAt: 0,
  };
}

/** Changes the model by one event. What it does not know is left out. */
export function apply(model, event) {
  model.lastAt = Math.max(model.lastAt, event.at);
  if (Object.hasOwn(ofService, event.type)) ofService[event.type](model, event);
  const worker = model.workers.find(({ pid, endedAt }) => pid === event.pid && !endedAt);
  if (worker !== undefined && Object.hasOwn(ofWorker, event.type)) {
    ofWorker[event.type](worker, event);
    forget(worker, event.at);
  }
  log(model, event);
}

/** Whether any process runs: if none does, nothing happens, and time may stand still. */
export function isAlive({ service, workers }) {
  return service.status !== 'ended' || workers.some(({ endedAt }) => endedAt === undefined);
}

const ofService = {
  service(model, { status, exit }) {
    const { service } = model;
    service.status = status;
    service.exit = exit;
    if (status === 'starting') for (const worker of model.workers) worker.isPast = true;
    if (status === 'ended') service.url = undefined;
  },

  listening({ service }, { url }) {
    service.url = url;
    if (service.status === 'starting') service.status = 'running';
  },

  clients(model, { counts }) {
    model.clients = counts;
  },

  worker(model, { pid, at, budget }) {
    model.started += 1;
    const states = [{ state: 'starting', at }];
    const number = model.started;
    const worker = { pid, number, budget, states, remainingMs: undefined, connections: [] };
    model.workers = [...model.workers, worker].slice(-MOST_WORKERS);
  },
};

const ofWorker = {
  listening(worker, { at }) {
    enter(worker, 'running', at);
  },

  state(worker, { state, endedBy, remainingMs, at }) {
    worker.remainingMs = remainingMs;
    const { drainTimeoutMs, closeTimeoutMs } = worker.budget;
    // Where nobody has to notice (a graceful restart), no grace period is due.
    if (remainingMs <= drainTimeoutMs + closeTimeoutMs && state === 'grace') {
      worker.budget = { gracePeriodMs: 0, drainTimeoutMs, closeTimeoutMs };
    }
    enter(worker, state, at, endedBy);
  },

  open({ connections }, { id, protocol, at }) {
    connections.push({ id, protocol, from: at, requests: [] });
  },

  close({ connections }, { id, closedBy, at }) {
    const connection = connections.find((one) => one.id === id);
    if (connection !== undefined) Object.assign(connection, { to: at, closedBy });
  },

  begin({ connections }, { id, connectionId, label, at }) {
    const connection = connections.find((one) => one.id === connectionId);
    connection?.requests.push({ id, label, from: at });
  },

  end({ connections }, { id, label, outcome, at }) {
    const request = connections.flatMap(({ requests }) => requests).find((one) => one.id === id);
    if (request !== undefined) Object.assign(request, { to: at, label, outcome });
  },

  report(worker, { report }) {
    worker.report = report;
  },

  gone(worker, { at }) {
    enter(worker, 'closed', at);
    worker.endedAt = at;
    for (const one of worker.connections) one.to ??= at;
    for (const one of worker.connections.flatMap(({ requests }) => requests)) one.to ??= at;
  },
};

function enter(worker, state, at, endedBy) {
  const last = worker.states.at(-1);
  if (last.state === state) return;
  last.endedBy = endedBy;
  worker.states.push({ state, at });
  worker.state = state;
}

function forget(worker, now) {
  const isRemembered = ({ to }) => to === undefined || now - to < REMEMBERED_MS;
  for (const one of worker.connections) one.requests = one.requests.filter(isRemembered);
  worker.connections = worker.connections.filter(isRemembered);
  // Those that have ended first.
  const order = worker.connections.toSorted((a, b) => (a.to ?? Infinity) - (b.to ?? Infinity));
  const surplus = new Set(order.slice(0, Math.max(0, order.length - MOST_CONNECTIONS)));
  if (surplus.size > 0) worker.connections = worker.connections.filter((c) => !surplus.has(c));
  for (const one of worker.connections) {
    if (one.requests.length > MOST_REQUESTS) one.requests = one.requests.slice(-MOST_REQUESTS);
  }
}

/** What the application says, and what is worth a line of the rest. */
function log(model, event) {
  const { at, pid } = event;
  const entry = event.type === 'log' ? event.entry : lines[event.type]?.(event);
  if (entry === undefined) return;
  model.log.push({ source: String(pid ?? ''), level: 'LOG', ...entry, at });
  model.log.splice(0, model.log.length - MOST_LINES);
}

const lines = {
  hook: ({ name, outcome }) => ({
    level: outcome === 'failed' ? 'ERROR' : 'LOG',
    text: `[hook] ${name}`,
  }),
  cut: ({ labels }) => ({ level: 'WARN', text: `[cut] ${labels.join(', ')}` }),
  failure: ({ where, message }) => ({ level: 'ERROR', text: `[failure] ${where}: ${message}` }),
  service: ({ status, exit }) =>
    status === 'ended' ? { source: 'primary', text: `[exit] ${exit}` } : undefined,
};
