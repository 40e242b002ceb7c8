import { Traffic } from '../connections/traffic.js';
import {
  isGraceAdaptive,
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolve-options.js';
import { Routes } from '../routes/routes.js';
import type { Clock } from '../shutdown/clock.js';
import { FixedGracePeriod, type GracePeriod } from '../shutdown/grace-period.js';
import { provide } from '../wiring/provide.js';
import { CLOCK } from '../wiring/surroundings.js';
import { token } from '../wiring/token.js';
import { AdaptiveGracePeriod } from './adaptive-grace-period.js';
import { BalancerEvidence } from './balancer-evidence.js';

/** Decides when the grace period is over. @internal */
export const GRACE_PERIOD = token<GracePeriod>('nestjs-drain:grace-period');

/** @internal */
export const ADAPTIVE_GRACE = [
  provide(GRACE_PERIOD, [RESOLVED_OPTIONS, Traffic, Routes, CLOCK], gracePeriodOf),
];

/** Traffic is watched from the start on only where the grace period depends on it. */
function gracePeriodOf(
  options: ResolvedOptions,
  traffic: Traffic,
  routes: Routes,
  clock: Clock,
): GracePeriod {
  if (!isGraceAdaptive(options)) return new FixedGracePeriod(clock);
  return new AdaptiveGracePeriod(new BalancerEvidence(traffic, routes, clock), options, clock);
}
