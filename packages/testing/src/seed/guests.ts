import type { Hair } from "../pictures/portraits";

/** A guest of the demo. The number is in a range that is not given out to anybody. */
export interface DemoGuest {
  nickname: string;
  mobile: string;
  sex: 0 | 1;
  info: string;
  /** Names the picture file. */
  avatar: string;
  hair: Hair;
}

const people: readonly [string, 0 | 1, Hair, string][] = [
  ["林小满", 1, "long", "喜欢靠窗的座位和不赶路的早晨"],
  ["周自横", 0, "short", "摄影师，总在找光"],
  ["陈皮", 0, "short", "走到哪里吃到哪里"],
  ["许知远行", 0, "cap", "骑行中国，第三圈"],
  ["阿桃", 1, "bob", "带两个娃出门的妈妈"],
  ["Emma Zhang", 1, "bun", "Designer, tea drinker"],
  ["何苦", 0, "grey", "退休教师，爱听雨"],
  ["宋晚舟", 1, "long", "写字的人"],
  ["大力", 0, "cap", "周末徒步队队长"],
  ["苏打水", 1, "bob", "程序员，休假中勿扰"],
  ["顾南风", 0, "short", "做木工，爱看老房子"],
  ["梁上燕", 1, "bun", "春天一定要去一次江南"],
  ["Oliver Chen", 0, "short", "Here for the mountains"],
  ["孟小鱼", 1, "long", "海边长大，想看雪山"],
  ["杜衡", 0, "grey", "中医，随身带茶"],
  ["叶子", 1, "bob", "和闺蜜每季旅行一次"],
];

export const guests: readonly DemoGuest[] = people.map(([nickname, sex, hair, info], index) => ({
  nickname,
  sex,
  hair,
  info,
  mobile: `1990000${String(1001 + index * 7).padStart(4, "0")}`,
  avatar: `guest-${String(index + 1).padStart(2, "0")}`,
}));
