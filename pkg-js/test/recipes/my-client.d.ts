export function push(ref: string, content?: string): Promise<string>;
export function pull(ref: string): Promise<string>;
