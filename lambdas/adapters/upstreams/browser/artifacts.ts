import type { Step } from '../../../hub/system/playwright/step.ts';
import { locate } from './locate.ts';
import type { Session } from './session.ts';
import type { Artifact, StepOutcome } from './step-outcome.ts';

export async function pictureOf(
  session: Session,
  { element, fullPage = false, format = 'png' }: Extract<Step, { action: 'screenshot' }>,
): Promise<StepOutcome> {
  const { page, stepMs } = session;
  const options = { type: format, timeout: stepMs(), scale: 'css' } as const;
  const bytes =
    element === undefined
      ? await page.screenshot({ ...options, fullPage })
      : await locate(page, element).screenshot(options);
  return outcomeOf(session, { mimeType: `image/${format}`, bytes }, 'take a smaller part of the page, or a jpeg');
}

export async function pdfOf(
  session: Session,
  { paper = 'A4', landscape = false }: Extract<Step, { action: 'pdf' }>,
): Promise<StepOutcome> {
  const bytes = await session.page.pdf({ format: paper, landscape, printBackground: true });
  return outcomeOf(session, { mimeType: 'application/pdf', bytes }, 'print a shorter page');
}

function outcomeOf(session: Session, artifact: Artifact, instead: string): StepOutcome {
  const { mimeType, bytes } = artifact;
  const left = session.limits.artifactBytes - session.artifactBytes;
  if (bytes.byteLength > left) {
    throw new Error(`too large: ${bytes.byteLength} bytes where ${left} are left of a result; ${instead}`);
  }
  session.artifactBytes += bytes.byteLength;
  return { facts: { mimeType, bytes: bytes.byteLength }, artifact };
}
