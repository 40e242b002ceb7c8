import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom, lastValueFrom } from 'rxjs';

// Another service: reserves three pieces, and tells of five that were delivered.
const client = ClientProxyFactory.create({
  transport: Transport.TCP,
  options: { host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.TCP_PORT ?? 3001) },
});
const ms = Number(process.env.MS ?? 5000);
await client.connect();
await lastValueFrom(client.emit('delivered', { pieces: 5, ms }), { defaultValue: undefined });
console.log('Reserved:', await firstValueFrom(client.send('reserve', { pieces: 3, ms })));
await client.close();
