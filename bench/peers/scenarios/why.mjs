const END =
  'All of them wait for the responses. What is left is what the end itself takes: ' +
  '[Time to exit](performance.md#time-to-exit) measures it apart.';
const GRACE = 'Solutions without a grace period begin 1 s sooner.';

/**
 * Why another solution does better in a scenario, where one does: for the page, which shows it only if the
 * figures do.
 */
export const why = {
  'in-flight': END,
  'torn-down-pool': END,
  balancer:
    'A process that leaves before the balancer has noticed exits sooner, and loses what the balancer ' +
    'still sends to it. nestjs-drain answers on each connection with `Connection: close` before it goes.',
  hammered:
    `${GRACE} No balancer takes part here, so they lose nothing by it; behind one they do (see "A rolling ` +
    'update").',
  idle:
    'A request may be on its way while its idle connection is closed. So each solution that closes idle ' +
    'connections loses two or three of 100 by chance, and small differences say nothing. nestjs-drain exits ' +
    'later because it keeps a connection open for `idleLingerMs` (1 s) after its last response.',
  silent:
    'Others destroy a connection without a request at once. nestjs-drain gives it 200 ms, because a ' +
    `request may be on its way. ${GRACE}`,
  'slow-guard': END,
  upload: END,
  streams:
    'nestjs-drain waits until the client has everything. A process that exits sooner relies on the kernel ' +
    'to send the rest, which fits into its buffers on loopback, and not always on a network.',
  pipelined: END,
  https: END,
  http2: END,
  websocket: `${GRACE} nestjs-drain closes each websocket after its answers, and waits for its client's close frame.`,
  'websocket-idle':
    `${GRACE} nestjs-drain closes websockets one after the other, so that their clients do not all come ` +
    'back at one moment.',
  'event-stream': GRACE,
  background: `${GRACE} The others wait for the same work.`,
  stuck:
    'The time for what is in flight is 4 s for each solution; those without a grace period begin to count ' +
    'at the signal, nestjs-drain after its grace period of 1 s.',
  'second-signal':
    'The others have cut everything at the first signal, or do nothing on the second, so that Node ends the ' +
    'process at once. nestjs-drain cuts what is in flight and lets Nest run its hooks; a third signal ends ' +
    'the process at once.',
  'cost-memory':
    'Small next to what Node itself keeps for a connection. [Performance](performance.md#memory) has what ' +
    'the module adds, against the application alone.',
  'cost-processor':
    'Linux counts processor time in steps of 10 ms, and two processes of the same code differ by a few ' +
    'percent. [Performance](performance.md#processor-time) compares in many rounds.',
};
