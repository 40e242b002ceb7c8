module.exports = {
  apps: [
    {
      name: 'orders',
      cwd: __dirname,
      // In your application: dist/main.js
      script: '../.out/12-pm2/main.js',
      exec_mode: 'cluster',
      instances: 2,
      // A new process counts when the application listens. The module tells PM2.
      wait_ready: true,
      listen_timeout: 10_000,
      // More than the three times of the shutdown added up: 0 + 20 + 4 s. PM2's default is 1.6 s.
      kill_timeout: 25_000,
    },
  ],
};
