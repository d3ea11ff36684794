/** A paste as it may be typed: no escapes and no other controls, which whoever copied it did not see. */
export const pastedText = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f\u0080-\u009f]/g, '')

/** One line without its end is no command yet. */
export const isHarmlessPaste = (text: string): boolean => !text.includes('\n')
