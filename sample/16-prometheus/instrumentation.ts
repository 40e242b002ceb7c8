import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const scraped = new PrometheusExporter({
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.METRICS_PORT ?? 9464),
});

// Nobody comes to scrape what is known at the very end: it is pushed.
const pushed = process.env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT
  ? [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })]
  : [];

metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scraped, ...pushed] }));
