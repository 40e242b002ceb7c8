import type { ReloadResult, RestartStatus } from '../restart-status.js';

/** As much of a service as may be commanded from outside. @internal */
export interface ControlledService {
  reload(): Promise<ReloadResult>;
  status(): Promise<RestartStatus>;
}
