/** @internal */
export const USAGE = `nestjs-drain runs a NestJS application and replaces its code under load, rehearses a deploy,
shows shutdown reports, and prints what a pod's manifest needs.

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
  --workers N|max      number of workers; max: one per available CPU (1)
  --ready-path P       route that must answer 2xx before a new worker accepts connections (none)
  --ready-timeout T    how long a worker may take to become ready (60s)
  --soak T             how long a new worker must stay alive before the old one leaves (1s)
  --pid-file F         written once all workers are ready, removed at the end (none)
  --hooks F            module with beforeReload, afterReload, beforeStop, afterStop,
                       onSignal (none)
  --control F          socket for reload and status (in RUNTIME_DIRECTORY,
                       XDG_RUNTIME_DIR or the folder for temporary files, for this
                       user only)
  T is a time in milliseconds, or with a unit: 4000, 250ms, 1.5s, 2m.

Reload and status: the only service of this user, or the one that is named
  --pid N              by the PID of its primary; as root, also another user's service
  --pid-file F         by its PID file
  --control F          by its control socket
  --workers N|max      reload: number of workers from now on (unchanged)
  --wait               reload: wait until all workers are replaced, or the reload failed
  --json               status: print JSON

Report: shows a shutdown report from a JSON file or a log; several reports are shown as a
rollout; - is standard input
  --svg [F]            write a picture to F, or to standard output with -
                       (without F: next to the report)
  --html [F]           write a page with the picture and tables, in the same way
  --json               print JSON
  --last               only the last of several reports

Rehearse: starts any Node service, with the module or without it, puts load on it, stops it
as a platform does, and shows what its clients saw
  --command C          command that starts the service, instead of node <script>
  --as P               platform, with its signal and time limit: kubernetes (default), docker,
                       compose, ecs, cloud-run, systemd, pm2, fly, heroku and more
  --patience T         how long the platform waits before it kills the process (as P does)
  --balancer-lag T     how long the balancer takes to notice that the service leaves (1s)
  --ready P            readiness route that the balancer follows (none)
  --path P             route to GET, may be repeated (/)
  --post P=F           route to POST the file F to, may be repeated (none)
  --ws P, --sse P      websocket or event stream to hold open, may be repeated (none)
  --header 'N: V'      header of each request, may be repeated (none)
  --port N             port of the service (detected)
  --clients N, --rate N  number of clients (20), and of requests a second in total (200)
  --load T             how long the load lasts before the signal (3s)
  --start-timeout T    how long the service may take to start (60s)
  --against plain      run again with Nest's own hooks, to compare
  --json               print JSON
  --junit [F], --svg [F], --html [F]  write JUnit XML for a CI server, a picture, a page

Kubernetes: prints lines of a manifest, among them terminationGracePeriodSeconds
  --grace-period T     gracePeriodMs of the module (5000, its default in Kubernetes)
  --drain-timeout T    drainTimeoutMs of the module (20000, its default)
  --close-timeout T    closeTimeoutMs of the module (4000, its default)
  --pre-stop S         seconds that a preStop hook sleeps (0: there is no hook)
  --probe-period S     periodSeconds of the readiness probe (2)
  --failure-threshold N  failureThreshold of the readiness probe (1)
  --probe-port N       probes.port of the module (none: routes of the application)
  --grpc-port N        port of a gRPC microservice, with probes.grpc of the module (none)

Signals to the primary
  HUP, USR2            reload    TERM, INT, QUIT    stop; a second one cuts what is in flight

Exit status
  of a service         0 stopped cleanly, 1 otherwise, 2 wrong usage
  of reload, status    0 done, 1 failed, 2 wrong usage, 3 no such service is running
  of report            0 done, 1 failed, 2 wrong usage
  of kubernetes        0 done, 2 wrong usage
  of rehearse          0 nothing lost and gone in time, 1 otherwise, 2 wrong usage,
                       3 the service did not start, or answered with errors before the signal
`;
