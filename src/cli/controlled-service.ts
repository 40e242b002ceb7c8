import type { ReloadResult, RestartStatus } from '../restart/restart-status.js';

/** As much of a service as may be commanded from outside. @internal */
export interface ControlledService {
  reload(options?: { readonly workers?: number | undefined }): Promise<ReloadResult>;
  status(): Promise<RestartStatus>;
}
