import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The exporters send to OTEL_EXPORTER_OTLP_ENDPOINT, http://localhost:4318 where that is not set.
const sdk = new NodeSDK({
  serviceName: process.env.OTEL_SERVICE_NAME ?? 'orders',
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  instrumentations: [new HttpInstrumentation()],
});
sdk.start();

// As in the docs of OpenTelemetry. Alone, it ends the process under the requests; the telemetry
// module has it wait until all is over.
process.on('SIGTERM', () => {
  sdk
    .shutdown()
    .then(
      () => console.log('Telemetry terminated'),
      (error: unknown) => console.log('Telemetry could not be terminated', error),
    )
    .finally(() => process.exit(0));
});
