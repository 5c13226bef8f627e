import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginx } from '../../harness/split.js'

/** The command that runs nginx as a reverse proxy which rewrites the source's address in JSON; undefined where it is not installed. */
export function nginxCommand(folder: string, port: number, source: string): readonly [string, readonly string[]] | undefined {
  if (nginx === undefined) return undefined
  const file = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')
  writeFileSync(file, `
daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; error_log stderr warn;
events { worker_connections 256; }
http {
  ${temporary}
  access_log off;
  upstream source { server ${new URL(source).host}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://source;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Accept-Encoding "";
      sub_filter '${new URL(source).origin}' 'http://127.0.0.1:${port}';
      sub_filter_once off;
      sub_filter_types application/json;
    }
  }
}
`)
  return [nginx, ['-e', 'stderr', '-c', file]]
}
