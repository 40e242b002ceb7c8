import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Deployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** Where each kind is described, once to be checked by value, and once by type. */
const MODELS = {
  Deployment: { model: Deployment, module: 'kubernetes-models/apps/v1' },
  PodDisruptionBudget: { model: PodDisruptionBudget, module: 'kubernetes-models/policy/v1' },
  Service: { model: Service, module: 'kubernetes-models/v1' },
};

export interface Manifest {
  readonly kind: keyof typeof MODELS;
}

export function readManifest(file: string): Manifest {
  return parse(readFileSync(file, 'utf8')) as Manifest;
}

/** What the schema of its kind does not allow; of a field that it does not know, it says nothing. */
export function schemaProblems(manifest: Manifest): string[] {
  try {
    new MODELS[manifest.kind].model(manifest as never).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** What the compiler says of manifests as objects of their types: it knows every field's name. */
export async function typeProblems(manifests: readonly Manifest[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-manifests-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [i, manifest] of manifests.entries()) {
      const { kind } = manifest;
      const source =
        `import type { I${kind} } from '${MODELS[kind].module}';\n` +
        `export const manifest: I${kind} = ${JSON.stringify(manifest, null, 2)};\n`;
      writeFileSync(join(folder, `${i}-${kind}.mts`), source);
    }
    const config = { extends: join(root, 'tsconfig.json'), include: ['*.mts'], exclude: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const compiled = promisify(execFile)(process.execPath, [tsc, '-p', '.'], { cwd: folder });
    return (await compiled.catch((error: unknown) => error as { stdout: string })).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
