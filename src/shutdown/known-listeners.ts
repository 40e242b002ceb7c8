/** A package that listens to signals, and how to recognise its listener. */
interface KnownListener {
  readonly name: string;
  /** Matches the source of the function; a bound function has none. */
  readonly called?: string;
  readonly source?: RegExp;
}

/**
 * Recognised by their code: signal-exit 3 and 4, node-cleanup 2, exit-hook 5, async-exit-hook 2,
 * death 1, close-with-grace 2, @godaddy/terminus 4, log4js 6,
 * @opentelemetry/auto-instrumentations-node 0.x, Nest 11 and 12.
 */
const KNOWN: readonly KnownListener[] = [
  { name: 'signal-exit', source: /__signal_exit_emitter__|listeners\.length === emitter\.count/ },
  { name: 'node-cleanup', called: 'bound signalHandler' },
  { name: 'exit-hook', called: 'bound exit' },
  { name: 'async-exit-hook', source: /eventFilters\.length/ },
  { name: 'death', source: /args\.unshift\(key\)/ },
  { name: 'close-with-grace', called: 'onSignal', source: /run\(\{ ?signal ?\}\)/ },
  { name: '@godaddy/terminus', called: 'cleanup', source: /asyncServerStop/ },
  { name: 'log4js', called: 'mainSighupHandler' },
  {
    name: '@opentelemetry/auto-instrumentations-node',
    called: 'shutdown',
    source: /OpenTelemetry SDK terminated/,
  },
  {
    name: 'enableShutdownHooks() of another Nest application',
    called: 'cleanup',
    source: /receivedSignal/,
  },
];

/** The package of a listener; undefined if unknown. @internal */
export function packageOf(listener: object): string | undefined {
  const { name } = listener as { name?: string };
  const source = Function.prototype.toString.call(listener);
  const known = KNOWN.find(
    (one) =>
      (one.called === undefined || one.called === name) &&
      (one.source === undefined || one.source.test(source)),
  );
  return known?.name;
}
