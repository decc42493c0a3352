// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/** Errors that become HTTP answers: `throw ctx.errors.NotFound("No such product", { id })`. */

export type ErrorDetails = Record<string, unknown>;

export class HttpError extends Error {
  override readonly name: string = "HttpError";

  constructor(
    readonly status: number,
    /** For programs: `NOT_FOUND`, `OUT_OF_STOCK`. */
    readonly code: string,
    message: string,
    readonly details?: ErrorDetails,
    override readonly cause?: Error,
  ) {
    super(message);
  }

  /** The body of the answer. */
  toJSON(): { error: string; message: string; details?: ErrorDetails } {
    const { code, message, details } = this;
    return details && Object.keys(details).length > 0 ? { error: code, message, details } : { error: code, message };
  }
}

export type ErrorFactory = (message?: string, details?: ErrorDetails, cause?: Error) => HttpError;

export interface CustomErrorDefinition {
  status: number;
  code: string;
  defaultMessage?: string;
}
export type CustomErrorRegistry = Record<string, CustomErrorDefinition>;

const standard = {
  BadRequest: { status: 400, code: "BAD_REQUEST", defaultMessage: "Bad Request" },
  Unauthorized: { status: 401, code: "UNAUTHORIZED", defaultMessage: "Unauthorized" },
  Forbidden: { status: 403, code: "FORBIDDEN", defaultMessage: "Forbidden" },
  NotFound: { status: 404, code: "NOT_FOUND", defaultMessage: "Not Found" },
  Conflict: { status: 409, code: "CONFLICT", defaultMessage: "Conflict" },
  Gone: { status: 410, code: "GONE", defaultMessage: "Gone" },
  UnprocessableEntity: { status: 422, code: "UNPROCESSABLE_ENTITY", defaultMessage: "Unprocessable Entity" },
  TooManyRequests: { status: 429, code: "TOO_MANY_REQUESTS", defaultMessage: "Too Many Requests" },
  InternalServer: { status: 500, code: "INTERNAL_SERVER_ERROR", defaultMessage: "Internal Server Error" },
  ServiceUnavailable: { status: 503, code: "SERVICE_UNAVAILABLE", defaultMessage: "Service Unavailable" },
} satisfies CustomErrorRegistry;

/** Plugins add their own errors to this type with `declare module "@donkeylabs/server"`. */
export interface ErrorFactories extends Record<keyof typeof standard, ErrorFactory> {}

export interface Errors extends ErrorFactories {
  custom(status: number, code: string, message: string, details?: ErrorDetails, cause?: Error): HttpError;
  isHttpError(error: unknown): error is HttpError;
  /** Adds a factory of this name; plugins do it with `customErrors`. */
  register(name: string, definition: CustomErrorDefinition): void;
}

export function createErrors(config: { customErrors?: CustomErrorRegistry } = {}): Errors {
  const factories: Record<string, unknown> = {};
  const errors = Object.assign(factories, {
    custom: (status: number, code: string, message: string, details?: ErrorDetails, cause?: Error) =>
      new HttpError(status, code, message, details, cause),
    isHttpError: (error: unknown): error is HttpError => error instanceof HttpError,
    register(name: string, { status, code, defaultMessage }: CustomErrorDefinition) {
      const factory: ErrorFactory = (message = defaultMessage ?? code, details, cause) =>
        new HttpError(status, code, message, details, cause);
      factories[name] = factory;
    },
  });
  for (const [name, definition] of Object.entries({ ...standard, ...config.customErrors })) {
    errors.register(name, definition);
  }
  return errors as unknown as Errors;
}
