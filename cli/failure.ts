/** Ends the program with a sentence for whoever typed it. */
export class Failure extends Error {}
