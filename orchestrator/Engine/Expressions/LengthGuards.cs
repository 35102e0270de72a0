using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Flows.Engine.Expressions;

/// <summary>
/// Limits texts that one built-in call makes: Jint checks memory between statements, so a single
/// <c>'x'.repeat(400000000)</c> would pass every other limit.
/// </summary>
internal static class LengthGuards
{
    public static void Install(Jint.Engine engine, int limit)
    {
        var text = Prototype(engine, "String");
        Guard(engine, text, "repeat", limit, (self, arguments) => self.ToString().Length * Whole(arguments, 0));
        Guard(engine, text, "padStart", limit, (_, arguments) => Whole(arguments, 0));
        Guard(engine, text, "padEnd", limit, (_, arguments) => Whole(arguments, 0));
        Guard(engine, text, "replaceAll", limit, Replaced);
        Guard(engine, text, "replace", limit, Replaced);
        var list = Prototype(engine, "Array");
        Guard(engine, list, "join", limit, (self, arguments) => self.IsObject() ? Length(self) * Math.Max(1, TextLength(arguments, 0)) : 0);
        Guard(engine, list, "fill", limit, (self, _) => self.IsObject() ? Length(self) : 0);
    }

    private static void Guard(Jint.Engine engine, Jint.Native.Object.ObjectInstance owner, string name, int limit, Func<JsValue, JsValue[], double> size)
    {
        var original = owner.Get(name);
        owner.FastSetProperty(name, new Jint.Runtime.Descriptors.PropertyDescriptor(new ClrFunction(engine, name, (self, arguments) =>
        {
            if (size(self, arguments) > limit) throw new JavaScriptException($"{name} would make a value longer than {limit}");
            return engine.Invoke(original, self, arguments.Cast<object>().ToArray());
        }), writable: true, enumerable: false, configurable: true));
    }

    private static Jint.Native.Object.ObjectInstance Prototype(Jint.Engine engine, string type) => engine.GetValue(type).AsObject().Get("prototype").AsObject();

    private static double Replaced(JsValue self, JsValue[] arguments) => Math.Max(0, self.ToString().Length - 1000.0) * TextLength(arguments, 1);

    private static double Whole(JsValue[] arguments, int at) => arguments.Length > at ? TypeConverter.ToNumber(arguments[at]) : 0;

    private static double TextLength(JsValue[] arguments, int at) => arguments.Length > at && arguments[at].IsString() ? arguments[at].AsString().Length : 0;

    private static double Length(JsValue self) => TypeConverter.ToNumber(self.AsObject().Get("length"));
}
