//! Passwords that people choose, and passwords that are hard to guess.

use proptest::prelude::*;

use super::*;

fn account() -> AccountWords {
    let words = ["li.ming", "李明", "科员", "minglee@chengjiang.gov.cn", "13812345678", "民建澄江县支部", "澄江直通车"];
    words.into_iter().fold(AccountWords::default(), |account, word| account.with(word))
}

#[test]
fn what_can_be_guessed_is_refused_and_why() {
    for (code, passwords) in [
        (
            "too_common",
            &[
                "password12345",
                "Password2026!",
                "P@ssw0rd2026!",
                "aa12345678!!",
                "1qaz2wsx3edc",
                "Admin@123456",
                "iloveyou2026!",
                "ｐａｓｓｗｏｒｄ１２３４５",
            ][..],
        ),
        (
            "personal_password",
            &[
                "Zhitongche2026",
                "li.mingli.ming",
                "LiMing@2026!!",
                "limingliming1",
                "13812345678aa",
                "mjcjxzb202611",
                "李明李明李明李明李明李明",
                "minglee123456",
                "chengjiang2026",
                "民建澄江县支部2026",
                "gnimil2026!!!",
            ],
        ),
        ("keyboard_password", &["qwertyuiop[]", "asdfghjkl;'!"]),
        ("repeated_password", &["aaaaaaaaaaaaaaa", "abcabcabcabcabc", "abcdefghijklm", "xyxyxyxyxyxyxy"]),
        ("pinyin_password", &["Zhangwei19881107", "zhangguoqiang1"]),
    ] {
        for password in passwords {
            assert_eq!(why_weak(password, &account()), Some(code), "{password}");
        }
    }
    for weak in [
        "19881107198811",
        "20261128 2026",
        "Nanjing@2026!",
        "Abcd1234!@#$",
        "Aa123456789!",
        "123qwe!@#QWE",
        "Qwer1234!@#$",
        "woaini1314520",
        "88888888888a",
    ] {
        assert!(why_weak(weak, &account()).is_some(), "{weak} passes");
    }
}

/// Passwords of people who were told to use digits and signs.
const HABITS: &str = "
Nihao@2026!!
China@2026!!
Admin!2026admin
pass-word-2026-
p a s s w o r d 1 2 3 4 5
一二三四五六七八九十百千
Beijing#2027#
Welcome_2026_Welcome
w-o-a-i-n-i-1-3-1-4
零一二三四五六七八九
天地玄黄宇宙洪荒日月盈昃
Tongzhanbu@2026!!
Ztc.2026.Ztc.
Li_Ming_2026_!!
ChinaChina2026
zhonghuarenmin
Abc!123!Abc!
甲乙丙丁戊己庚辛壬癸
q.w.e.r.t.y.u.i.o.p
Shijiazhuang@2026!!
Guangzhou#2026!
Hello-World-2026-!!
P@ss-w0rd-2026
Adm!n-2026-Adm!n
!QAZ@WSX#EDC
!QAZ@WSX#EDC$RFV
qazwsxedcrfv
p1a2s3s4w5o6r7d8
我爱你我爱你2026!!
我爱你中国2026!
人之初性本善性相近习相远
赵钱孙李周吴郑王冯陈褚卫
为人民服务2026!!!
富强民主文明和谐自由平等
中华人民共和国万岁
zhrmghgzyrmzf
fuqiangminzhuwenminghexie
yiersansiwuliuqibajiu
床前明月光疑是地上霜
changqigongcunhuxiangjiandu
不忘初心牢记使命2026
壹贰叁肆伍陆柒捌玖拾佰仟
Zhongguo@1949#
Summer2026!!!!
Welcome@12345
Password!!!2026
letmein#2026#letmein
2026年11月29日星期日
二〇二六年十一月二十九日
aabbccddeeff
aaaa1111bbbb2222
aa11bb22cc33dd44
Sunshine_Sunshine_1
qwerty.qwerty.123
11-22-33-44-55-66
Shanghai-Beijing-2026
Beijing2022!Beijing
！＠＃ｐａｓｓｗｏｒｄ２０２６
passwordpassword!
I.Love.China.2026
ILoveChina2026!
woaizhongguo1949!
5201314-5201314-
2026-2027-2028-2029
Nihao.Nihao.Nihao.
Hello!Hello!Hello!
abcd@1234@abcd
Liming!2026@li.ming
0086-138-1234-5678
138-1234-5678-liming
民建澄江!2026!
Chengjiang_2026_!
zaq1@WSX3edc
Yunnan#2026$%
Huawei@123456
Root@2026@root
Test!Test!2026
1a2b3c4d5e6f7g
一心一意一心一意
北京欢迎你2026！
社情民意直通车2026
ｗ．ｏ．ａ．ｉ．ｎ．ｉ．１．３．１．４
中国共产党万岁万岁
Abcabc123123!!
Qq112233445566
monkey...dragon...
Passw0rd-Passw0rd
Dragon#Monkey#12
甲.乙.丙.丁.戊.己.庚
1.2.3.4.5.6.7.8.9
a_b_c_d_e_f_g_h_i
2026年11月29日20时
Zhang-San-1988-11-07
Sunshine Monkey Dragon
WoAiNiZhongGuo
LiMingAiNi2026!
ZhangWei19881107
";

/// A common word stays weak with a year behind it, signs between or when doubled; a well-known line counts as a word.
#[test]
fn habits_make_no_weak_password_strong() {
    for weak in HABITS.lines().filter(|line| !line.is_empty()) {
        assert!(why_weak(weak, &account()).is_some(), "{weak} passes");
    }
    for (weak, code) in [
        ("pass-word-2026-", "too_common"),
        ("Li_Ming_2026_!!", "personal_password"),
        ("Zhang-San-1988-11-07", "pinyin_password"),
        ("2026年11月29日星期日", "dated_password"),
        ("Nihao.Nihao.Nihao.", "repeated_password"),
        ("一二三四五六七八九十百千", "too_common"),
    ] {
        assert_eq!(why_weak(weak, &account()), Some(code), "{weak}");
    }
}

#[test]
fn what_is_hard_to_guess_passes_in_any_script() {
    for strong in [
        "correct horse battery",
        "another fine sentence",
        "a much better sentence",
        "山高水长日月同光春风化雨",
        "Mv7#kQ2p!xWz",
        "jintian zaoshang mai le san jin pingguo",
        "four kettles rang at noon",
        "晨雾里的三只白鹭飞过稻田",
        "uW3-tb9-Rk2-pe",
        "le café du coin ferme tard",
        "cobalt-lantern-otter-gravel",
        "Cobalt Lantern Otter Gravel",
        "maison-neige-lampe-chat-verre",
        "晨雾 白鹭 稻田 石桥 茶馆",
        "晨雾-heron-稻田-bridge-7",
        "тихий вечер у старой реки",
        "한강 바람 노을 자전거 책방",
        "ماء جبل قمر شجرة باب",
        "བྱ་རི་ཆུ་མེ་ཤིང་ལམ་ཁང་པ",
        "xiaomao zuotian zai wuding shang shuijiao",
        "bai lu fei guo dao tian shang de qiao",
        "K9$fr!2Vq@Zx",
        "g7#Tq!m2Zp&w",
        "hV4,nQ8;rT1.",
        "e$Kp2!vR#9xL",
        "zqmvkwxjtrpl",
        "a4Kq-9Zrm-pT2x",
        "湖边的旧书店下雨天才开门",
        "marmalade;trumpet;glacier;noon",
        "otter piano gravel",
        "kaksi-sinistä-kalaa-uunissa",
        "Der alte Zug hält um sieben",
        "猫咪踩翻了奶奶的腌菜坛子",
        "旧邮筒里住着一窝麻雀",
        "🦉🌧🥁🪁🧂🚲🪴🎻🧭🦑🍋🪞",
        "n!7Qe_4Zk-2Wd",
    ] {
        assert_eq!(why_weak(strong, &account()), None, "{strong}");
    }
}

proptest! {
    #[test]
    fn any_password_is_judged(password in any::<String>(), word in any::<String>()) {
        why_weak(&password, &AccountWords::default().with(&word));
    }
}
