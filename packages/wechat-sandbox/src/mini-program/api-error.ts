/** A refusal of the mini-program server API: HTTP 200 and `{errcode, errmsg}`. */
export class ApiError extends Error {
  constructor(
    readonly errcode: number,
    readonly errmsg: string,
  ) {
    super(errmsg);
    this.name = "ApiError";
  }
}
