import type { EventStore, RateLimitName, RateLimitRule } from "@looklook/contracts";

/** What infra says to the log: pino's shape, object first. */
export interface InfraLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface InfraConfig {
  databaseUrl: string;
  /** Set from the standard size on. */
  redisUrl?: string | undefined;
  /** `host:port` of each broker; set at the full size. */
  kafkaBrokers?: readonly string[] | undefined;
  /**
   * Lets the broker drop what a retry of the producer sent twice. Off by default: subscribers deduplicate anyway, and
   * small brokers and test clusters do not know it.
   */
  kafkaIdempotent?: boolean | undefined;
  /** What the event bus reads and writes; a process that never subscribes needs none. */
  eventStore?: EventStore | undefined;
  logger: InfraLogger;
  /** How brokers and databases list this process: `api`, `worker`. */
  clientId: string;
  /**
   * Begins every name on servers that others may share: Redis keys and channels, Kafka topics and groups. Kafka's
   * topics carry it only when it is set, for their bare names are the contract with other subscribers.
   */
  prefix?: string | undefined;
  /** Rows of the table in contracts that this installation changes. */
  rateLimits?: Partial<Record<RateLimitName, RateLimitRule>> | undefined;
  /** The most connections to PostgreSQL that queues, broadcast and limits may open together in this process. */
  poolMax?: number | undefined;
}

/** The three sizes of the product (README: sizes), by what is configured and nothing else. */
export type Size = "light" | "standard" | "full";

/** @throws Error when Kafka is configured without Redis: no such size exists. */
export function sizeOf(config: Pick<InfraConfig, "redisUrl" | "kafkaBrokers">): Size {
  const hasKafka = (config.kafkaBrokers?.length ?? 0) > 0;
  if (hasKafka && !config.redisUrl)
    throw new Error("KAFKA_BROKERS is set but REDIS_URL is not: the full size needs both.");
  if (hasKafka) return "full";
  return config.redisUrl ? "standard" : "light";
}
