export const more: object;
export function starting(text: string): unknown;
export function like(actual: unknown, printed: unknown): void;
