export const DESCRIPTION: string;
export const TYPES: string;
export function typesOf(description: string): Promise<string>;
