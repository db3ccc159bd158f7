import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Clock ticks of /proc: 100 a second on every Linux that node runs on. */
const TICKS_PER_SECOND = 100;

export interface NginxServer {
  readonly port: number;
  cpuSeconds(): number;
  stop(): void;
}

/** nginx with one process that serves `feed` as /feed.xml from files, precompressed. Undefined where it is not installed. */
export async function startNginx(feed: {
  readonly plain: Buffer;
  readonly gzip: Buffer;
}): Promise<NginxServer | undefined> {
  if (spawnSync('nginx', ['-v']).error) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'viaduct-nginx-'));
  const port = await freePort();
  writeFileSync(path.join(folder, 'feed.xml'), feed.plain);
  writeFileSync(path.join(folder, 'feed.xml.gz'), feed.gzip);
  writeFileSync(path.join(folder, 'nginx.conf'), configuration(folder, port));
  const child = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: 'ignore' });
  await untilListening(port, child);
  return {
    port,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    stop() {
      child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, port: number): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off; master_process off; pid ${folder}/pid;
events { worker_connections 256; }
http {
  ${temp.join(' ')}
  access_log off; keepalive_requests 10000000; sendfile on; tcp_nopush on; open_file_cache max=10;
  types { application/rss+xml xml; }
  server { listen 127.0.0.1:${port}; root ${folder}; gzip_static on; }
}
`;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx did not start');
}

function cpuSecondsOf(pid: number | undefined): number {
  // The name, in brackets, may hold spaces; utime and stime are the 12th and 13th fields after it (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
