// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Structured logging: levels, tags and context, written one line an entry. */

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogData = Record<string, unknown>;

export interface LogEntry {
  timestamp: Date;
  level: LogLevel;
  message: string;
  tags?: string[];
  data?: LogData;
  context?: LogData;
}

/** Where entries go. The default one prints to standard output. */
export interface LogTransport {
  log(entry: LogEntry): void;
}

export interface LoggerConfig {
  /** Entries below this level are dropped. Default: info. */
  level?: LogLevel;
  format?: "pretty" | "json";
  transports?: LogTransport[];
}

export interface Logger {
  debug(message: string, data?: LogData): void;
  info(message: string, data?: LogData): void;
  warn(message: string, data?: LogData): void;
  error(message: string, data?: LogData): void;
  /** The same logger with fields that every entry carries. */
  child(context: LogData): Logger;
  /** The same logger with one more [tag] in front of the message. */
  tag(name: string): Logger;
  /** A tagged logger that names what is running: a cron task, a job. */
  scoped(source: string, sourceId: string): Logger;
}

const rank: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 };

const colours = Boolean(process.env.FORCE_COLOR) || (process.stdout.isTTY && !process.env.NO_COLOR);
const paint = (code: number, text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
const levelColour: Record<LogLevel, number> = { debug: 90, info: 34, warn: 33, error: 31 };

export class ConsoleTransport implements LogTransport {
  constructor(private format: "pretty" | "json" = "pretty") {}

  log({ timestamp, level, message, tags = [], data, context }: LogEntry): void {
    const at = timestamp.toISOString();
    const extra = { ...data, ...context };
    if (this.format === "json") {
      console.log(JSON.stringify({ timestamp: at, level, message, tags, ...extra }));
      return;
    }
    const words = [
      paint(2, at.slice(11, 23)),
      paint(levelColour[level], level.toUpperCase().padEnd(5)),
      ...tags.map((tag) => paint(36, `[${tag}]`)),
      message,
    ];
    if (Object.keys(extra).length > 0) words.push(paint(2, JSON.stringify(extra)));
    console.log(words.join(" "));
  }
}

class LoggerImpl implements Logger {
  constructor(
    private level: LogLevel,
    private transports: LogTransport[],
    private tags: string[] = [],
    private context: LogData = {},
  ) {}

  debug(message: string, data?: LogData): void {
    this.write("debug", message, data);
  }
  info(message: string, data?: LogData): void {
    this.write("info", message, data);
  }
  warn(message: string, data?: LogData): void {
    this.write("warn", message, data);
  }
  error(message: string, data?: LogData): void {
    this.write("error", message, data);
  }

  child(context: LogData): Logger {
    return new LoggerImpl(this.level, this.transports, this.tags, { ...this.context, ...context });
  }
  tag(name: string): Logger {
    return new LoggerImpl(this.level, this.transports, [...this.tags, name], this.context);
  }
  scoped(source: string, sourceId: string): Logger {
    return this.tag(source).child({ logSource: source, logSourceId: sourceId });
  }

  private write(level: LogLevel, message: string, data?: LogData): void {
    if (rank[level] < rank[this.level]) return;
    const entry: LogEntry = { timestamp: new Date(), level, message, tags: this.tags, data, context: this.context };
    for (const transport of this.transports) transport.log(entry);
  }
}

export function createLogger(config: LoggerConfig = {}): Logger {
  return new LoggerImpl(config.level ?? "info", config.transports ?? [new ConsoleTransport(config.format)]);
}
