/** @internal */
export const USAGE = `nestjs-drain runs a NestJS application so that its code can be swapped under load, rehearses
a deploy, and shows what happened in a shutdown, or what a pod's manifest should say of one.

  nestjs-drain [options] <script> [-- arguments for the application]
  nestjs-drain reload [--wait] [--workers N] [--pid N | --pid-file F | --control F]
  nestjs-drain status [--json] [--pid N | --pid-file F | --control F]
  nestjs-drain report [--svg [F]] [--html [F]] [--json] [--last] <report or log | -> ...
  nestjs-drain rehearse [options] <script> [-- arguments for the service]
  nestjs-drain rehearse [options] --command 'npm start'
  nestjs-drain kubernetes [--grace-period T] [--drain-timeout T] [--close-timeout T]
               [--pre-stop S] [--probe-period S] [--failure-threshold N]
               [--probe-port N | --grpc-port N]

Run
  --workers N|max      processes that serve; max: one for each processor that it may use (1)
  --ready-path P       a route that must answer 2xx before a new worker accepts (none)
  --ready-timeout T    how long a worker may take to become ready (60s)
  --soak T             how long a new worker must live before the old one leaves (1s)
  --pid-file F         written once all workers are ready, removed at the end (none)
  --hooks F            a module with beforeReload, afterReload, beforeStop, afterStop,
                       onSignal (none)
  --control F          the socket for reload and status (in RUNTIME_DIRECTORY,
                       XDG_RUNTIME_DIR or the folder for temporary files, for this
                       user only)
  T is a time in milliseconds, or with a unit: 4000, 250ms, 1.5s, 2m.

Reload and status: of the only service of this user, or of the one that is named
  --pid N              by the PID of its primary; for root, also of another user
  --pid-file F         by the file it was started with
  --control F          by the socket it was started with
  --workers N|max      reload: as many from now on (as many as before)
  --wait               reload: until all workers are replaced, or it failed
  --json               status: for programs

Report: of a shutdown, in a file of JSON or in a log; of several, of a rollout;
- is standard input
  --svg [F]            writes a picture to F.svg, or to - for standard output
                       (beside the report, instead of showing it here)
  --html [F]           the same as a page, F.html, with tables
  --json               for programs, to standard output
  --last               of several reports the last one only

Rehearse: starts a service, puts clients on it, ends it as a platform does, and tells what
they saw; of any Node service, with the module or without it
  --command C          what starts it, where that is not node <script>
  --as P               whose signal and patience: kubernetes (default), docker, compose, ecs,
                       cloud-run, systemd, pm2, fly, heroku and more
  --patience T         how long that waits before it kills (what P does by default)
  --balancer-lag T     how late its balancer learns that it leaves (1s)
  --ready P            the readiness check that the balancer follows (none)
  --path P             a route to ask for with GET, may be repeated (/)
  --post P=F           a route to send the file F to, may be repeated (none)
  --ws P, --sse P      a websocket, an event stream to hold, may be repeated (none)
  --header 'N: V'      sent with each request, may be repeated (none)
  --port N             where it listens (found by itself)
  --clients N, --rate N  how many clients (20), requests a second of all of them (200)
  --load T             how long there is load before the signal (3s)
  --start-timeout T    how long it may take to start (60s)
  --against plain      once more with Nest's own hooks, to compare
  --json               for programs, to standard output
  --junit [F], --svg [F], --html [F]  files: for a CI server, a picture, a page

Kubernetes: prints the lines of a manifest, terminationGracePeriodSeconds among them
  --grace-period T     gracePeriodMs of the module (5000, its default in Kubernetes)
  --drain-timeout T    drainTimeoutMs of the module (20000, its default)
  --close-timeout T    closeTimeoutMs of the module (4000, its default)
  --pre-stop S         seconds that a preStop hook sleeps (0: there is no hook)
  --probe-period S     periodSeconds of the readiness probe (2)
  --failure-threshold N  failureThreshold of the readiness probe (1)
  --probe-port N       probes.port of the module (none: the routes of the application)
  --grpc-port N        the port of a gRPC microservice, with probes.grpc of the module (none)

Signals to the primary
  HUP, USR2            reload    TERM, INT, QUIT    stop; a second one cuts what is in flight

Exit status
  of a service         that of its end
  of reload, status    0 done, 1 failed, 2 wrong usage, 3 no such service is running
  of report            0 done, 1 failed, 2 wrong usage
  of kubernetes        0 done, 2 wrong usage
  of rehearse          0 nothing lost and in time, 1 not so, 2 wrong usage,
                       3 it does not start, or answers errors before the signal
`;
