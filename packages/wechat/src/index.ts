export { callbackPath, type WechatEnv, wechatAddressRefusal, wechatConfigOf, wechatEnvShape } from "./env";
export { createMiniProgram, type MiniProgramConfig } from "./mini-program";
export { createWechatPay, type WechatPayConfig } from "./wechat-pay";
