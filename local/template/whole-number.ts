import * as z from 'zod';

/** A number as CloudFormation takes it, perhaps as text, within the limits of the service. */
export const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
