/** The code of an error of the file system, for example `ENOENT`; undefined if the error is of another kind. */
export function fileErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined;
  return String(error.code);
}
