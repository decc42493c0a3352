// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Is the process alive (`GET /_health`), and is it ready for requests (`GET /_ready`)? */
import { sql, type Kysely } from "kysely";

export type HealthStatus = "healthy" | "degraded" | "unhealthy";

export interface HealthCheckResult {
  status: HealthStatus;
  message?: string;
  latencyMs?: number;
}

export interface HealthCheck {
  name: string;
  check: () => Promise<HealthCheckResult> | HealthCheckResult;
  /** Whether its failure makes the server unhealthy, or only degraded. Default: true. */
  critical?: boolean;
}

export interface HealthResponse {
  status: HealthStatus;
  /** Seconds since the start. */
  uptime: number;
  timestamp: string;
  checks: Record<string, HealthCheckResult>;
}

export interface HealthConfig {
  checks?: HealthCheck[];
  livenessPath?: string;
  readinessPath?: string;
  /** Whether the database is asked too. Default: true. */
  dbCheck?: boolean;
}

export interface Health {
  register(check: HealthCheck): void;
  check(): Promise<HealthResponse>;
  liveness(isShuttingDown: boolean): HealthResponse;
}

class HealthImpl implements Health {
  private checks: HealthCheck[] = [];
  private startedAt = Date.now();

  register(check: HealthCheck): void {
    this.checks.push(check);
  }

  async check(): Promise<HealthResponse> {
    const checks: Record<string, HealthCheckResult> = {};
    let status: HealthStatus = "healthy";
    for (const { name, check, critical = true } of this.checks) {
      const result = await this.ask(check);
      checks[name] = result;
      if (result.status === "unhealthy" && critical) status = "unhealthy";
      else if (result.status !== "healthy" && status === "healthy") status = "degraded";
    }
    return this.report(status, checks);
  }

  liveness(isShuttingDown: boolean): HealthResponse {
    return this.report(isShuttingDown ? "unhealthy" : "healthy", {});
  }

  private async ask(check: HealthCheck["check"]): Promise<HealthCheckResult> {
    const startedAt = performance.now();
    try {
      const result = await check();
      return { ...result, latencyMs: Math.round(performance.now() - startedAt) };
    } catch (error) {
      return { status: "unhealthy", message: error instanceof Error ? error.message : String(error) };
    }
  }

  private report(status: HealthStatus, checks: Record<string, HealthCheckResult>): HealthResponse {
    const uptime = Math.floor((Date.now() - this.startedAt) / 1000);
    return { status, uptime, timestamp: new Date().toISOString(), checks };
  }
}

export function createHealth(db: Kysely<any>, config: HealthConfig = {}): Health {
  const health = new HealthImpl();
  if (config.dbCheck !== false) {
    const check = async (): Promise<HealthCheckResult> => {
      await sql`SELECT 1`.execute(db);
      return { status: "healthy" };
    };
    health.register({ name: "database", check });
  }
  for (const check of config.checks ?? []) health.register(check);
  return health;
}
