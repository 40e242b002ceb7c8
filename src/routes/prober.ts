/** The user agents of health probers, from their documentation or source. */
const USER_AGENTS = [
  'kube-probe/',
  'ELB-HealthChecker/',
  'GoogleHC/',
  'Consul Health Check',
  'Envoy/HC',
  'Amazon-Route53-Health-Check-Service',
  'Load Balancer Agent',
];

/** Whether a user agent says that it probes health. @internal */
export function isProber(userAgent: string): boolean {
  return USER_AGENTS.some((prober) => userAgent.startsWith(prober));
}
