import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A self-signed certificate for localhost. */
export interface Certificate {
  key: string;
  cert: string;
  /** The file with `cert`, for NODE_EXTRA_CA_CERTS. It is deleted when the process ends. */
  path: string;
}

/** Makes one with openssl. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'recorder-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const [keyPath, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await promisify(execFile)('openssl', [...request, ...names, '-keyout', keyPath, '-out', path]).catch((cause) => {
    throw new Error('openssl could not make a certificate; is it installed?', { cause });
  });
  return { key: await readFile(keyPath, 'utf8'), cert: await readFile(path, 'utf8'), path };
}
