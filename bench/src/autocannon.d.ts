/** The little of autocannon that we use; it comes without types. */
declare module "autocannon" {
  export default function autocannon(options: {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** Milliseconds between looks at whether the time is up. */
    sampleInt: number;
    requests: { method: string; path: string; headers?: Record<string, string>; body?: string }[];
  }): Promise<{
    "2xx": number;
    non2xx: number;
    errors: number;
    timeouts: number;
    /** Seconds. */
    duration: number;
  }>;
}
