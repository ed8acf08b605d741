import type { ReviewRatings } from "@looklook/contracts";

/** What guests wrote: ratings are cleanliness, location, service, value. */
const texts: readonly (readonly [string, readonly [number, number, number, number]])[] = [
  ["清早推开窗，雾就在手边。老板泡的茶比茶馆的好喝，走的时候还送了一小罐。", [5, 5, 5, 5]],
  ["房间很干净，被子有太阳的味道。孩子在院子里玩了一下午，不肯走。", [5, 4, 5, 5]],
  ["位置稍微有点绕，导航到巷口要再走两百米，不过进了院子就觉得值。", [5, 3, 5, 4]],
  ["早餐用心，每天不重样。隔音一般，楼上走路能听见。", [4, 5, 5, 4]],
  ["浴桶的水真的一直是热的，下雨天泡着看竹子，可以发呆一个小时。", [5, 5, 5, 5]],
  ["第二次来了，还是那只猫，还是那把藤椅。", [5, 5, 5, 5]],
  ["日出比照片里还好看。记得把闹钟定早一点。", [5, 5, 4, 5]],
  ["老房子，楼梯陡，行李多的话提前说一声，店家会来接。", [4, 5, 5, 4]],
  ["性价比很高，床软硬刚好，热水足。", [5, 4, 4, 5]],
  ["管家回消息很快，半夜十二点到也有人等。", [5, 4, 5, 5]],
  ["Quiet, clean, and the tea never ran out. The host drew us a map by hand.", [5, 5, 5, 5]],
  ["Lovely house. The path up the hill is steep with suitcases, so travel light.", [5, 3, 5, 4]],
  ["景色五星，空调声音有点大，晚上睡得不太踏实。", [4, 5, 4, 3]],
  ["露台太适合看落日了，点的晚餐也好吃，就是蚊子多。", [4, 5, 4, 4]],
  ["和朋友包了两间，老板娘教我们包饺子，像回了趟老家。", [5, 4, 5, 5]],
  ["卫生间小了点，别的都好。", [4, 4, 4, 4]],
  ["订单备注了过生日，进门桌上有一小束花，惊喜。", [5, 5, 5, 5]],
  ["床位间很安静，帘子遮光，一个人出来住这里刚好。", [4, 4, 5, 5]],
  ["停车不太方便，要停到村口。房间和照片一致。", [4, 3, 4, 4]],
  ["听了一夜的海，第二天精神特别好。", [5, 5, 4, 4]],
  ["有点失望，热水等了很久才来，反映以后店家送了早餐。", [3, 4, 4, 3]],
  ["灯笼一盏一盏灭掉的时候，整条街都是自己的。", [5, 5, 4, 5]],
];

const replies = [
  "谢谢您来住，下次上山我再带您走那条近路。",
  "被您夸得不好意思了，院子里的茶随时给您留着。",
  "隔音的事我们记下了，冬天会换窗，欢迎再来看看。",
  "谢谢！那只猫说它也想您。",
  "Thank you for staying with us. Come back for the first harvest.",
] as const;

/** The review that a number stands for; any number stands for one. */
export function reviewText(number: number): { content: string; ratings: ReviewRatings; reply: string } {
  const [content, [cleanliness, location, service, value]] = texts[number % texts.length] ?? [
    "",
    [5, 5, 5, 5],
  ];
  return {
    content,
    ratings: { cleanliness, location, service, value },
    reply: replies[number % replies.length] ?? "",
  };
}
