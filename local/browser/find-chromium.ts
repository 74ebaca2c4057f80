import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

/** Where installers of macOS put what no `PATH` leads to. */
const BUNDLES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser that `CHROMIUM_PATH` names, else the first of the usual names; `undefined` where there is none. */
export function findChromium({ CHROMIUM_PATH, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (CHROMIUM_PATH !== undefined && CHROMIUM_PATH !== '') {
    return isExecutable(CHROMIUM_PATH) ? CHROMIUM_PATH : undefined;
  }
  const directories = PATH.split(delimiter).filter((directory) => directory !== '');
  const named = directories.flatMap((directory) => NAMES.map((name) => join(directory, name)));
  return [...named, ...BUNDLES].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
