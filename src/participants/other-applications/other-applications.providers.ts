import { ApplicationShutdown } from '../../nest/application-shutdown.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { kind } from '../../wiring/kind.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { OtherApplications } from './other-applications.js';

/** @internal */
export const OTHER_APPLICATIONS = [
  kind(OtherApplications, [ApplicationShutdown, RESOLVED_OPTIONS, CLOCK]),
];
