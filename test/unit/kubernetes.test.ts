import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readSettings, variables } from '../../src/settings/settings.js';

// What kubectl can't know: that the parts of docs/kubernetes.yaml fit each other and the service.

const read = (file: string) => readFileSync(file, 'utf8');

const labels = z.record(z.string(), z.string());
const strings = z.record(z.string(), z.string());
const port = z.object({ name: z.string(), containerPort: z.number() });
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }).optional() });
const reference = z.object({ name: z.string() });

const container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  ports: z.array(port),
  env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  envFrom: z.array(z.object({ configMapRef: reference.optional(), secretRef: reference.optional() })).default([]),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  resources: z.object({ requests: strings, limits: strings }),
  livenessProbe: probe,
  readinessProbe: probe,
});

const deployment = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number(),
    selector: z.object({ matchLabels: labels }),
    strategy: z.object({ type: z.string(), rollingUpdate: z.object({ maxUnavailable: z.number() }).optional() }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.number() }),
        containers: z.tuple([container]),
      }),
    }),
  }),
});

const service = z.object({
  kind: z.literal('Service'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: labels,
    ports: z.tuple([z.object({ port: z.number(), targetPort: z.string() })]),
  }),
});

const documents: unknown[] = parseAllDocuments(read('docs/kubernetes.yaml')).map((document) => document.toJS());
const all = <Schema extends z.ZodType>(schema: Schema) =>
  documents.flatMap((one) => {
    const { success, data } = schema.safeParse(one);
    return success ? [data] : [];
  });
const kinds = documents.map((one) => z.object({ kind: z.string(), metadata: reference }).parse(one));

const [recorder, valkey] = z.tuple([deployment, deployment]).parse(all(deployment));
const [recorderService, valkeyService] = z.tuple([service, service]).parse(all(service));
const [configMap] = all(z.object({ kind: z.literal('ConfigMap'), data: strings }));
const [secret] = all(z.object({ kind: z.literal('Secret'), stringData: strings }));
const [copy] = recorder.spec.template.spec.containers;

describe('docs/kubernetes.yaml', () => {
  it('has everything that the service needs, and nothing that kubectl could not read', () => {
    expect(kinds.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ConfigMap recorder',
      'Secret recorder',
      'Deployment recorder',
      'Service recorder',
      'PodDisruptionBudget recorder',
      'Deployment recorder-valkey',
      'Service recorder-valkey',
      'NetworkPolicy recorder-valkey',
    ]);
    expect(
      parseAllDocuments(read('docs/kubernetes.yaml')).flatMap(({ errors, warnings }) => [...errors, ...warnings]),
    ).toEqual([]);
  });

  it('gives the service settings that exist and are valid, and keeps the secrets apart', () => {
    const own = Object.fromEntries(copy.env.map(({ name, value }) => [name, value]));
    const given = { ...configMap?.data, ...secret?.stringData, ...own };
    expect(Object.keys(given).filter((name) => !variables.includes(name))).toEqual([]);
    const names = copy.envFrom.map(({ configMapRef, secretRef }) => (configMapRef ?? secretRef)?.name);
    expect(names).toEqual(['recorder', 'recorder']);
    expect(Object.keys(secret?.stringData ?? {})).toEqual([
      'SIGNALWIRE_API_TOKEN',
      'SIGNALWIRE_SIGNING_KEY',
      'STATUS_PASSWORD',
    ]);
    const project = '6375875b-59e2-421d-9e9f-e58f0b8662d8';
    const settings = readSettings({ ...given, SIGNALWIRE_PROJECT_ID: project });
    expect(settings.port).toBe(copy.ports[0]?.containerPort);
    expect(settings.conferenceName).toBeUndefined();
    const { hostname, port: redisPort } = new URL(settings.redisUrl ?? '');
    expect(hostname).toBe(valkeyService.metadata.name);
    expect(Number(redisPort)).toBe(valkeyService.spec.ports[0].port);
  });

  it.each([
    ['the service', recorder, recorderService],
    ['Valkey', valkey, valkeyService],
  ])('leads to %s by a port and labels that it has', (_what, { spec }, { spec: { selector, ports } }) => {
    expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
    expect(selector).toEqual(spec.template.metadata.labels);
    expect(spec.template.spec.containers[0].ports.map(({ name }) => name)).toEqual([ports[0].targetPort]);
  });

  it('asks the service for its health and its readiness, by paths that it answers', () => {
    expect(copy.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
    expect(copy.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
    for (const path of ['/healthz', '/readyz']) expect(read('src/http/routes.ts')).toContain(`'${path}'`);
  });

  it('never stops a copy before another one is ready, nor before it has finished', () => {
    expect(recorder.spec.replicas).toBe(3);
    expect(recorder.spec.strategy).toMatchObject({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } });
    expect(recorder.spec.template.spec.terminationGracePeriodSeconds).toBe(15);
    const [budget] = all(
      z.object({
        kind: z.literal('PodDisruptionBudget'),
        spec: z.object({ maxUnavailable: z.number(), selector: z.object({ matchLabels: labels }) }),
      }),
    );
    expect(budget?.spec).toEqual({ maxUnavailable: 1, selector: recorder.spec.selector });
  });

  it('runs the Valkey of compose.yaml', () => {
    const [{ image, command = [] }] = valkey.spec.template.spec.containers;
    const compose = read('compose.yaml');
    expect(compose).toContain(`image: ${image}\n`);
    expect(compose).toContain(
      `entrypoint: [${command.map((word) => (/^(|no)$/.test(word) ? `"${word}"` : word)).join(', ')}]`,
    );
  });
});
