// The page's own words. Chinese first; the switch is remembered.
const WORDS = {
  sandbox: ["沙盒", "sandbox"],
  opening: ["正在启动机器人…", "Starting the bot…"],
  founding: ["正在建立演示公司…（绑定员工、建群、登记客户）", "Founding the demo company… (staff, groups, customers)"],
  moving: ["正在恢复…", "Restoring…"],
  failed: ["没能启动", "It did not start"],
  lost: ["连接断开，正在重连…", "Connection lost, trying again…"],
  working: ["上班中", "open"], resting: ["非工作时间", "closed"],
  minutes: ["分", "min"], days: ["天", "d"], next: ["下一时限", "Next due"], pause: ["暂停", "Pause"],
  phones: ["手机", "Phones"], save: ["存档", "Save"], load: ["读档", "Load"], transcript: ["导出记录", "Transcript"],
  restart: ["重来", "Restart"], confirmRestart: ["回到早上，一切重新开始？", "Back to the morning, everything anew?"],
  story: ["演示的一天", "The demo day"], noStory: ["这里还没有剧情，自由试用吧。", "No story here yet; try things freely."],
  step: ["下一步", "Next step"], play: ["连续播放", "Play all"], stop: ["停", "Stop"], storyEnd: ["演示结束，接下来自由试用。", "The day is told. Go on freely."],
  rules: ["将到的时限", "What is due"], noRules: ["现在没有未到的时限。", "Nothing is pending now."], rounds: ["日程", "Rounds"],
  chats: ["聊天", "Chats"], write: ["输入消息", "Message"], send: ["发送", "Send"], noChat: ["还没有聊天", "No chats yet"],
  start: ["开始", "Start"], blocked: ["已屏蔽机器人", "Bot is blocked"], unblock: ["解除屏蔽", "Unblock"], block: ["屏蔽机器人", "Block the bot"],
  members: ["名成员", "members"], bot: ["机器人", "bot"], typing: ["正在输入…", "typing…"],
  photo: ["照片", "Photo"], sample: ["示例照片", "Sample photo"], document: ["文件", "File"], contact: ["我的名片", "My contact"],
  place: ["位置", "Location"], here: ["发送当前位置", "Send current location"], pin: ["发送图上这一点", "Send this point"],
  live: ["共享实时位置", "Share live location"], stand: ["人走到这里", "Go there"], move: ["移动到这里", "Move there"],
  stopLive: ["停止共享", "Stop sharing"], moveLive: ["移动实时位置", "Move live location"], liveNow: ["实时位置", "Live location"], liveEnded: ["实时位置（已结束）", "Live location (ended)"],
  mapHint: ["点地图选位置；可拖动、可放大", "Tap the map to pick a place"], accuracy: ["精度", "±"], metres: ["米", "m"], picked: ["地图选点", "picked on the map"],
  reply: ["回复", "Reply"], edit: ["编辑", "Edit"], remove: ["删除", "Delete"], forward: ["转发", "Forward"], forwardTo: ["转发到", "Forward to"],
  edited: ["已编辑", "edited"], forwarded: ["转发自", "Forwarded from"], pinned: ["置顶消息", "Pinned message"],
  together: ["全群一起按", "Everybody presses"], togetherShown: ["屏幕上的人一起按", "All phones here press"],
  joined: ["加入了群", "joined"], left: ["离开了群", "left"], renamed: ["群名改为", "renamed the group to"], pinnedA: ["置顶了一条消息", "pinned a message"], upgraded: ["群已升级", "the group was upgraded"],
  join: ["进群", "Join"], leave: ["退群", "Leave group"], newGroup: ["新建群", "New group"], groupName: ["群名称", "Group name"],
  newPerson: ["新人", "New person"], personName: ["姓名", "Name"], choosePhones: ["看谁的手机", "Whose phones"], search: ["查找", "Search"],
  add: ["添加", "Add"], close: ["关闭", "Close"], ok: ["好", "OK"], cancel: ["取消", "Cancel"], voice: ["语音", "Voice message"], video: ["视频", "Video"],
  noPhones: ["点上方「手机」选择要看的人。", "Pick people with “Phones” above."], today: ["今天", "Today"], day: ["演示", "Demo"],
  earlier: ["更早的消息", "Earlier messages"], commands: ["命令", "Commands"], menu: ["菜单", "Menu"], down: ["到最新", "To the newest"], me: ["我", "me"], rest: ["规则", "Rules"],
  passed: ["已到", "due"], weekdays: ["一二三四五六日", ""],
};
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export let language = localStorage.getItem("language") === "en" ? "en" : "zh";
export function t(key) { return WORDS[key][language === "zh" ? 0 : 1]; }
export function both(words) { return words ? words[language] || words.zh : ""; }
export function switchLanguage() { language = language === "zh" ? "en" : "zh"; localStorage.setItem("language", language); }

export function dayWords(date, weekday) {
  const [year, month, day] = date.split("-").map(Number);
  return language === "zh" ? `${year}年${month}月${day}日 周${WORDS.weekdays[0][weekday]}` : `${WEEKDAYS[weekday]} ${day}/${month}/${year}`;
}

let formats = {};
export function setZone(zone) {
  const make = options => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
  formats = { clock: make({ hour: "2-digit", minute: "2-digit" }), day: make({ year: "numeric", month: "numeric", day: "numeric" }) };
}
export function clockTime(seconds) { return formats.clock.format(seconds * 1000); }
export function dayKey(seconds) { return formats.day.format(seconds * 1000); }
export function dayShort(seconds) {
  const [day, month] = dayKey(seconds).split("/").map(Number);
  return language === "zh" ? `${month}月${day}日` : `${day}/${month}`;
}
