// A small channel: one person for each part, as life.test.mjs and others need them.

import { Program } from "./program.mjs";

export const CAST = {
  zhou: ["周敏", "民盟县总支", "submitter"],
  ma: ["马丽", "民盟县总支", "screener"],
  shen: ["沈静", "统战部", "reviewer"],
  tang: ["唐卫", "统战部", "reviewer"],
  qian: ["钱毅", "统战部", "signer"],
  du: ["杜平", "统战部", "dispatcher"],
  li: ["李为民", "县委", "leader", "--post", "县委书记"],
  he: ["何涛", "县住建局", "handler"],
};

/** Serves an office with these people; decisions are final at once, so that letters and pages of others follow at once. */
export async function office(logins = Object.keys(CAST), settings = { UNDO__MINUTES: "0" }) {
  const program = await new Program(settings).serve();
  for (const login of logins) await program.person(login, ...CAST[login]);
  return program;
}

/** Lets the office of the authors' organisation see their manuscripts first. */
export async function withScreening(program, name = "民盟县总支") {
  await program.person("xi", "席琳", "统战部", "system_admin");
  const all = await program.api("xi", "GET", "/organizations?limit=200");
  const id = all.items.find((one) => one.name === name).id;
  await program.api("xi", "PATCH", `/organizations/${id}`, { screening: true });
}

/** A manuscript that has been sent, made over the API. */
export async function sent(program, more = {}) {
  const { id } = await program.api("zhou", "POST", "/manuscripts", {
    title: "关于缓解实验小学周边停车难的建议",
    category: "社会建设",
    situation: "每天上下学时段，实验小学门前三百米道路两侧停满车辆，学生只能在车流中穿行。",
    causes: "学校周边没有公共停车场。",
    suggestions: ["由县住建局在学校东侧空地建设临时停车场。", "由县公安局交警大队划定即停即走区。"],
    declarations: { may_publish: true, may_quote_name: true, classification: "none" },
    ...more,
  });
  await program.api("zhou", "POST", `/manuscripts/${id}/submission`, {});
  return id;
}

/** One that has been signed, and put before the leader without a bulletin. */
export async function forwarded(program, more) {
  const id = await sent(program, more);
  await program.api("shen", "POST", `/manuscripts/${id}/review`, { decision: "recommend", opinion: "拟采用。" });
  await program.api("qian", "POST", `/manuscripts/${id}/signature`, { decision: "sign" });
  const { id: leader } = await program.api("li", "GET", "/session");
  await program.api("qian", "POST", `/manuscripts/${id}/forwarding`, { recipients: [leader] });
  return id;
}
