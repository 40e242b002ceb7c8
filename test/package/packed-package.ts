import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const root = join(import.meta.dirname, '..', '..');
export const nest12 = join(root, 'node_modules');
export const nest11 = join(root, 'test', 'nest-11', 'node_modules');

/** The package as it is published, in a folder of its own. */
export class PackedPackage {
  private constructor(
    private readonly folder: string,
    private readonly tarball: string,
    /** The files in it. */
    readonly files: readonly string[],
  ) {}

  static async create(): Promise<PackedPackage> {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-package-'));
    // Built by the global setup: other tests run from the same folder at the same time.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await run('npm', pack, { cwd: root });
    const [{ filename, files }] = JSON.parse(stdout) as [
      { filename: string; files: { path: string }[] },
    ];
    const names = files.map(({ path }) => path);
    return new PackedPackage(folder, join(folder, filename), names);
  }

  /**
   * The package as installed in an application, next to the Nest of `modules`: a folder, not a link,
   * so that it finds its peers where the application finds them, and each of them once.
   *
   * @param tools - what else the application has
   * @returns the folder of the application
   */
  async install(name: string, modules: string, tools: readonly string[] = []): Promise<string> {
    const app = join(this.folder, name);
    const installed = join(app, 'node_modules');
    mkdirSync(installed, { recursive: true });
    await run('tar', ['-xzf', this.tarball, '-C', installed]);
    renameSync(join(installed, 'package'), join(installed, 'nestjs-drain'));
    symlinkSync(join(modules, '@nestjs'), join(installed, '@nestjs'));
    for (const peer of ['rxjs', 'reflect-metadata', '@types', ...tools]) {
      symlinkSync(join(root, 'node_modules', peer), join(installed, peer));
    }
    return app;
  }

  /** As `install()`, with Nest 11 beside the newest terminus: npm installs that where nothing pins it. */
  async installBesideNewestTerminus(name: string, tools: readonly string[]): Promise<string> {
    const app = await this.install(name, nest11, tools);
    const nest = join(app, 'node_modules', '@nestjs');
    rmSync(nest);
    mkdirSync(nest);
    const others = readdirSync(join(nest11, '@nestjs')).filter((one) => one !== 'terminus');
    for (const one of others) symlinkSync(join(nest11, '@nestjs', one), join(nest, one));
    // A folder, not a link, so that it finds Nest 11.
    cpSync(join(nest12, '@nestjs', 'terminus'), join(nest, 'terminus'), { recursive: true });
    return app;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
