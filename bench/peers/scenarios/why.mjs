/**
 * Why another solution does better in a scenario, where one does: for the page, which shows it only if the
 * figures do.
 */
export const why = {
  'in-flight':
    'The others end the process with `process.exit()` or their own signal once the server is closed. ' +
    'nestjs-drain also writes its report, and lets Nest run its hooks to their end first.',
  'torn-down-pool':
    'The others end the process as soon as the server is closed and Nest has been. nestjs-drain first ' +
    'sees that each response has reached its client.',
  balancer:
    'A process that leaves before the balancer has noticed is gone sooner, and loses what the balancer ' +
    'still sends to it. nestjs-drain keeps the connections of its clients until it has answered with ' +
    '`Connection: close` on each.',
  hammered:
    'Solutions without a grace period close as soon as the signal comes. No balancer takes part here, so ' +
    'they lose nothing by it; behind one they do (see "A rolling update"). The grace period here is 1 s.',
  idle:
    'An idle connection may carry a request at the moment at which it is closed, whoever closes it. So one ' +
    'or two of 100 are lost by chance in each round, and small differences say nothing. nestjs-drain exits ' +
    'later because it keeps a connection open for `idleLingerMs` (1 s) after its last response.',
  silent:
    'Others destroy a connection on which nothing has come at once. nestjs-drain gives it a moment: a ' +
    'request may be on its way, and on TLS a handshake may be in progress.',
  'slow-guard':
    'The others are gone with the last response. nestjs-drain also sees that each response has reached ' +
    'its client.',
  upload:
    'The others are gone with the last response. nestjs-drain also sees that each response has reached ' +
    'its client.',
  streams:
    'nestjs-drain waits until the client has everything. A process that exits sooner relies on the kernel ' +
    'to send the rest, which fits into its buffers on loopback, and not always on a network.',
  pipelined:
    'Who closes after the first response is gone sooner, and loses the second. Who loses nothing and is ' +
    'faster does not wait until the responses have reached their client.',
  https:
    'The others are gone with the last response. nestjs-drain also sees that each response has reached ' +
    'its client.',
  http2:
    'The others are gone with the last response. nestjs-drain sends GOAWAY first, and waits until the ' +
    'client has closed the session.',
  websocket:
    'Solutions without a grace period begin 1 s sooner. nestjs-drain closes each websocket after its ' +
    'answers, and waits for the close frame of its client.',
  'websocket-idle':
    'Solutions without a grace period begin 1 s sooner. nestjs-drain closes websockets one after the ' +
    'other, so that their clients do not all come back at one moment.',
  'event-stream':
    'Solutions without a grace period begin 1 s sooner. Streams that are cut end sooner than streams that ' +
    'are closed.',
  background:
    'Solutions that do not wait for the work are gone sooner, and lose it. Solutions without a grace ' +
    'period begin 1 s sooner.',
  stuck:
    'The time for what is in flight is 4 s for each solution; those without a grace period begin to count ' +
    'at the signal, nestjs-drain after its grace period of 1 s.',
  'second-signal':
    'The others do nothing on the second signal, so Node ends the process at once. nestjs-drain cuts what is ' +
    'in flight and lets Nest run its hooks; a third signal ends the process at once.',
  'cost-memory':
    'Small next to what Node itself keeps for a connection. [Performance](performance.md#memory) has what ' +
    'the module adds, against the application alone.',
  'cost-processor':
    'Linux counts processor time in steps of 10 ms, and two processes of the same code differ by a few ' +
    'percent. [Performance](performance.md#processor-time) compares in many rounds.',
};
